using System.Globalization;
using System.Text;

namespace UpcallActors.Tests;

/// <summary>Drives a fuzz target with seeded mutations of text in a grammar: its tokens are put in at random places.</summary>
internal static class MutatedText
{
    private const int DefaultIterations = 4000;
    private const int Seed = 20_261_123;
    private const int MostCopied = 60;

    /// <summary>Takes any bytes.</summary>
    public delegate void FuzzTarget(ReadOnlySpan<byte> input);

    /// <summary>Runs a target as often as UPCALL_FUZZ_ITERATIONS says; a failure names its input.</summary>
    public static void Run(FuzzTarget target, string[] tokens, params string[] corpus)
    {
        int iterations = int.TryParse(Environment.GetEnvironmentVariable("UPCALL_FUZZ_ITERATIONS"), CultureInfo.InvariantCulture,
            out int given) ? given : DefaultIterations;
        var random = new Random(Seed);
        for (int i = 0; i < iterations; i++)
        {
            byte[] input = Mutate(Encoding.UTF8.GetBytes(corpus[random.Next(corpus.Length)]), tokens, random);
            try
            {
                target(input);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException(
                    $"iteration {i}, input {Convert.ToBase64String(input)}:\n{Encoding.UTF8.GetString(input)}", failure);
            }
        }
    }

    private static byte[] Mutate(byte[] seed, string[] tokens, Random random)
    {
        var bytes = new List<byte>(seed);
        for (int edits = random.Next(0, 6); edits > 0; edits--)
        {
            int at = random.Next(bytes.Count + 1);
            switch (random.Next(5))
            {
                case 0:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 12), bytes.Count - at));
                    break;
                case 1:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(tokens[random.Next(tokens.Length)]));
                    break;
                case 2:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 3 when at < bytes.Count:
                    bytes[at] = (byte)"0123456789\"x"[random.Next(12)];
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(0, Math.Min(random.Next(1, MostCopied), bytes.Count)));
                    break;
            }
        }

        return [.. bytes];
    }
}
