using System.Globalization;
using UpcallActors.Linux.Tests.Links;

namespace UpcallActors.Linux.Tests.Fuzz;

public sealed class LinkFuzzTests
{
    private const int DefaultIterations = 5000;

    [Fact]
    public void Mutated_links_are_read_or_refused()
    {
        RecordedLinks.Messages.ShouldAllBe(message => LinkFuzz.Run(message));
        var random = new Random(3);
        int iterations = int.TryParse(Environment.GetEnvironmentVariable("UPCALL_FUZZ_ITERATIONS"), CultureInfo.InvariantCulture,
            out int set) ? set : DefaultIterations;
        int accepted = 0;
        for (int iteration = 0; iteration < iterations; iteration++)
        {
            byte[] mutated = [.. RecordedLinks.Messages[random.Next(RecordedLinks.Messages.Length)]];
            for (int change = random.Next(6); change >= 0; change--)
                mutated[random.Next(NetlinkMessage.HeaderLength, mutated.Length)] = (byte)random.Next(256);
            accepted += LinkFuzz.Run(mutated.AsSpan(0, random.Next(4) == 0 ? random.Next(mutated.Length + 1) : mutated.Length)) ? 1 : 0;
        }

        accepted.ShouldBeInRange(1, iterations - 1);
    }
}
