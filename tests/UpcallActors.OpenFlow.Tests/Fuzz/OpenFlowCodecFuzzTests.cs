using System.Globalization;
using System.Text;

namespace UpcallActors.OpenFlow.Tests;

public class OpenFlowCodecFuzzTests
{
    private const int DefaultIterations = 2000;

    [Fact]
    public void Mangled_messages_are_read_or_refused_and_nothing_else() =>
        MangledFlows.Run(input => OpenFlowCodecFuzz.Run(input), [.. Recordings.Corpus.Select(Encoding.Latin1.GetString)]);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Messages_with_other_values_and_parts_are_read_or_refused_and_nothing_else(byte version)
    {
        string? wanted = Environment.GetEnvironmentVariable("UPCALL_FUZZ_ITERATIONS");
        int iterations = int.TryParse(wanted, CultureInfo.InvariantCulture, out int set) ? set : DefaultIterations;
        Func<Random, byte[]> make = OpenFlowCodecFuzz.Structured(version);
        var random = new Random(version);
        int accepted = 0;
        for (int i = 0; i < iterations; i++)
        {
            byte[] input = make(random);
            Should.NotThrow(() => accepted += OpenFlowCodecFuzz.Run(input) ? 1 : 0, $"input {i}: {Convert.ToHexString(input)}");
        }

        accepted.ShouldBeInRange(iterations / 3, iterations - (iterations / 20), "some are broken on purpose");
    }
}
