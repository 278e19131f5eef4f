using System.Globalization;
using System.Text;

namespace UpcallActors.Tests;

/// <summary>Drives a fuzz target with seeded mutations of flow text, and says which input failed.</summary>
internal static class MangledFlows
{
    private const int DefaultIterations = 5000;
    private const int Seed = 20260723;

    /// <summary>Runs a target, as often as UPCALL_FUZZ_ITERATIONS says.</summary>
    public static void Run(FuzzTarget target, params string[] seeds)
    {
        int iterations = int.TryParse(Environment.GetEnvironmentVariable("UPCALL_FUZZ_ITERATIONS"), CultureInfo.InvariantCulture,
            out int given) ? given : DefaultIterations;
        byte[][] corpus = [.. seeds.Select(Encoding.Latin1.GetBytes)];
        var random = new Random(Seed);
        for (int i = 0; i < iterations; i++)
        {
            byte[] input = Mutate(corpus, random);
            try
            {
                target(input);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                Assert.Fail($"iteration {i}: {Convert.ToHexString(input)} \"{Encoding.Latin1.GetString(input)}\": {exception}");
            }
        }
    }

    /// <summary>Takes any bytes.</summary>
    public delegate void FuzzTarget(ReadOnlySpan<byte> input);

    private static byte[] Mutate(byte[][] corpus, Random random)
    {
        var bytes = new List<byte>(corpus[random.Next(corpus.Length)]);
        for (int changes = random.Next(1, 6); changes > 0; changes--)
        {
            int at = random.Next(bytes.Count + 1);
            byte[] other = corpus[random.Next(corpus.Length)];
            int from = random.Next(other.Length);
            switch (random.Next(5))
            {
                case 0:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(8), bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, other[from..Math.Min(other.Length, from + random.Next(1, 20))]);
                    break;
                default:
                    bytes.Insert(at, (byte)",=/()[]+-|:.0x*#\n "[random.Next(18)]);
                    break;
            }
        }
        return [.. bytes];
    }
}
