using System.Text;

namespace UpcallActors.OpenFlow.Tests;

public class ContinuationFuzzTests
{
    [Fact]
    public void Mangled_continuations_are_read_or_refused_and_nothing_else() =>
        MangledFlows.Run(input => ContinuationFuzz.Run(input), [.. ContinuationFuzz.Corpus.Select(Encoding.Latin1.GetString)]);
}
