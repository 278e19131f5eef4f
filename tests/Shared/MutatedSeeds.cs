using System.Globalization;

namespace UpcallActors.Tests;

/// <summary>
/// Drives a fuzz target with mutations of input that it accepts. The seed is fixed, so a failure comes again;
/// UPCALL_FUZZ_ITERATIONS sets how many.
/// </summary>
internal static class MutatedSeeds
{
    private const int DefaultIterations = 3000;
    private static readonly byte[] InterestingBytes = [0, 1, 3, 4, 5, 7, 8, 0x0f, 0x10, 0x1f, 0x20, 0x7f, 0x80, 0xff];

    /// <summary>A fuzz target: takes any bytes, and says whether it accepts them.</summary>
    internal delegate bool Target(ReadOnlySpan<byte> input);

    /// <summary>Every seed must be accepted as it is, or the mutations would test nothing but the first check.</summary>
    public static void Drive(Target target, byte[][] seeds)
    {
        seeds.ShouldNotBeEmpty();
        foreach (byte[] seed in seeds)
            target(seed).ShouldBeTrue();
        var random = new Random(7);
        string? wanted = Environment.GetEnvironmentVariable("UPCALL_FUZZ_ITERATIONS");
        int iterations = int.TryParse(wanted, CultureInfo.InvariantCulture, out int set) ? set : DefaultIterations;
        for (int iteration = 0; iteration < iterations; iteration++)
        {
            byte[] input = Mutate(seeds[random.Next(seeds.Length)], random);
            try
            {
                target(input);
            }
            catch (Exception crash)
            {
                throw new InvalidOperationException($"iteration {iteration}: {Convert.ToHexString(input)}", crash);
            }
        }
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        int length = random.Next(4) == 0 ? random.Next(seed.Length + 1) : seed.Length;
        byte[] input = seed[..length];
        for (int change = random.Next(5); change >= 0 && input.Length != 0; change--)
        {
            int at = random.Next(input.Length);
            switch (random.Next(3))
            {
                case 0:
                    input[at] = (byte)random.Next(256);
                    break;
                case 1:
                    input[at] = InterestingBytes[random.Next(InterestingBytes.Length)];
                    break;
                default:
                    input = [.. input.AsSpan(0, at), .. input.AsSpan(random.Next(input.Length))];
                    break;
            }
        }

        return input;
    }
}
