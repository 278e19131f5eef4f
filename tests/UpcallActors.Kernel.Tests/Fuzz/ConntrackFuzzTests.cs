using System.Globalization;
using UpcallActors.Kernel.Tests.Conntrack;

namespace UpcallActors.Kernel.Tests.Fuzz;

public sealed class ConntrackFuzzTests
{
    private const int DefaultIterations = 5000;

    [Fact]
    public void Mutated_connections_are_read_or_refused()
    {
        RecordedConnections.Messages.ShouldAllBe(message => ConntrackFuzz.Run(message));
        var random = new Random(5);
        int iterations = int.TryParse(Environment.GetEnvironmentVariable("UPCALL_FUZZ_ITERATIONS"), CultureInfo.InvariantCulture,
            out int set) ? set : DefaultIterations;
        int accepted = 0;
        for (int iteration = 0; iteration < iterations; iteration++)
        {
            byte[] mutated = [.. RecordedConnections.Messages[random.Next(RecordedConnections.Messages.Length)]];
            for (int change = random.Next(6); change >= 0; change--)
                mutated[random.Next(16, mutated.Length)] = (byte)random.Next(256);
            accepted += ConntrackFuzz.Run(mutated.AsSpan(0, random.Next(4) == 0 ? random.Next(mutated.Length + 1) : mutated.Length))
                ? 1
                : 0;
        }

        accepted.ShouldBeInRange(1, iterations - 1);
    }
}
