using System.Globalization;

namespace UpcallActors.Embedded.Tests.Fuzz;

/// <summary>A fuzz target: takes any bytes and must neither throw nor break an invariant that it asserts.</summary>
public delegate void FuzzTarget(ReadOnlySpan<byte> input);

/// <summary>
/// Drives a fuzz target with mutations of a corpus. The seed is fixed, so a failure comes again;
/// UPCALL_FUZZ_ITERATIONS says how long to go on.
/// </summary>
public static class SeededMutations
{
    private const int DefaultIterations = 5_000;

    private static int Iterations =>
        int.TryParse(Environment.GetEnvironmentVariable("UPCALL_FUZZ_ITERATIONS"), NumberStyles.None, CultureInfo.InvariantCulture,
            out int iterations) ? iterations : DefaultIterations;

    /// <summary>Runs the corpus as it is, cut at every byte, and mutated.</summary>
    public static void Run(FuzzTarget target, IReadOnlyList<byte[]> corpus)
    {
        corpus.ShouldNotBeEmpty();
        foreach (byte[] seed in corpus)
        {
            for (int length = 0; length <= Math.Min(seed.Length, 200); length++)
                target(seed.AsSpan(0, length));
            target(seed);
        }

        var random = new Random(20151002);
        for (int i = 0; i < Iterations; i++)
        {
            byte[] input = Mutate(random, corpus);
            try
            {
                target(input);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"iteration {i}: {Convert.ToHexString(input)}", exception);
            }
        }
    }

    private static byte[] Mutate(Random random, IReadOnlyList<byte[]> corpus)
    {
        byte[] seed = corpus[random.Next(corpus.Count)];
        byte[] input = seed[..(random.Next(3) == 0 ? random.Next(seed.Length + 1) : seed.Length)];
        int changes = random.Next(0, 8);
        // Most bytes that matter are in the headers.
        int reach = Math.Min(input.Length, random.Next(2) == 0 ? 80 : int.MaxValue);
        for (int i = 0; i < changes && reach > 0; i++)
        {
            ref byte at = ref input[random.Next(reach)];
            at = random.Next(3) switch
            {
                0 => (byte)random.Next(256),
                1 => (byte)(at ^ (1 << random.Next(8))),
                _ => (byte)(random.Next(2) == 0 ? 0 : 255),
            };
        }

        return input;
    }
}
