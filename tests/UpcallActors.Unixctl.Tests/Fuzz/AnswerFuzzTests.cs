using System.Globalization;
using System.Text;

namespace UpcallActors.Unixctl.Tests.Fuzz;

/// <summary>Drives the fuzz target of answers with seeded mutations.</summary>
public sealed class AnswerFuzzTests
{
    internal static string[] Tokens { get; } =
        ["{", "}", "[", "]", "\"", "\\", "\\ud800", ",", ":", "null", "0", "-1", "1e999", " ", "\n", "ä", "\0", "id", "result", "error"];

    internal static string[] Corpus { get; } =
    [
        """{"id":0,"result":"te\"}xt","error":null}{"error":"no","id":0,"result":null}""",
        """{"id":0,"result":[[{"a":"}"}]],"error":{}}""",
    ];

    [Fact]
    public void No_answer_brings_a_client_down()
    {
        int iterations = int.Parse(Environment.GetEnvironmentVariable("UPCALL_FUZZ_ITERATIONS") ?? "3000", CultureInfo.InvariantCulture);
        var random = new Random(20_261_123);
        for (int i = 0; i < iterations; i++)
        {
            byte[] input = Mutate(Encoding.UTF8.GetBytes(Corpus[random.Next(Corpus.Length)]), random);
            try
            {
                AnswerFuzz.Run(input);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException(
                    $"iteration {i}, input {Convert.ToBase64String(input)}:\n{Encoding.UTF8.GetString(input)}", failure);
            }
        }
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        var bytes = new List<byte>(seed);
        for (int edits = random.Next(0, 5); edits > 0; edits--)
        {
            int at = random.Next(bytes.Count + 1);
            switch (random.Next(4))
            {
                case 0:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 12), bytes.Count - at));
                    break;
                case 1:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)]));
                    break;
                case 2:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 3 when at < bytes.Count:
                    bytes[at] = (byte)"0123456789\"x"[random.Next(12)];
                    break;
            }
        }

        return [.. bytes];
    }
}
