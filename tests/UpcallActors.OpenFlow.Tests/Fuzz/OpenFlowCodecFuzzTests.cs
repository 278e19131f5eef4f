using System.Text;

namespace UpcallActors.OpenFlow.Tests;

public class OpenFlowCodecFuzzTests
{
    [Fact]
    public void Mangled_messages_are_read_or_refused_and_nothing_else() =>
        MangledFlows.Run(input => OpenFlowCodecFuzz.Run(input), [.. Recordings.Corpus.Select(Encoding.Latin1.GetString)]);
}
