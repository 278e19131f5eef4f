using System.Globalization;
using UpcallActors.Linux.Tests.Routes;

namespace UpcallActors.Linux.Tests.Fuzz;

public sealed class RouteFuzzTests
{
    private const int DefaultIterations = 5000;

    [Fact]
    public void Mutated_routes_are_read_or_refused()
    {
        RecordedRoutes.Messages.ShouldAllBe(message => RouteFuzz.Run(message));
        var random = new Random(5);
        int iterations = int.TryParse(Environment.GetEnvironmentVariable("UPCALL_FUZZ_ITERATIONS"), CultureInfo.InvariantCulture,
            out int set) ? set : DefaultIterations;
        int accepted = 0;
        for (int iteration = 0; iteration < iterations; iteration++)
        {
            byte[] mutated = [.. RecordedRoutes.Messages[random.Next(RecordedRoutes.Messages.Length)]];
            for (int change = random.Next(6); change >= 0; change--)
                mutated[random.Next(NetlinkMessage.HeaderLength, mutated.Length)] = (byte)random.Next(256);
            accepted += RouteFuzz.Run(mutated.AsSpan(0, random.Next(4) == 0 ? random.Next(mutated.Length + 1) : mutated.Length)) ? 1 : 0;
        }

        accepted.ShouldBeInRange(1, iterations - 1);
    }
}
