using System.Globalization;
using System.Text;

namespace UpcallActors.Unixctl.Tests.Fuzz;

/// <summary>Drives the fuzz target with seeded mutations of good requests.</summary>
public sealed class ControlRequestFuzzTests
{
    internal static string[] Corpus { get; } =
    [
        """{"method":"dpctl/show","params":["-s"],"id":0}""",
        """{"id":0,"method":"dpctl/dump-flows","params":["-m","filter=in_port=\\u0031,ip"]} """
            + """{"params":[],"id":"x","method":"exit","error":null}""",
        """  {"method":"ä","params":[1,null,{"a":[true]}],"id":{"b":-1.5e3}}	{"id":""",
        new string('{', 100) + """{"method":""" + new string(' ', 600),
    ];

    internal static string[] Tokens { get; } =
    [
        "{", "}", "[", "]", "\"", "\\", "\\u", "\\ud800", "\\u0000", ",", ":", "null", "0", "1e", " ", "\n", "\u00e4", "\0",
        "method", "params", "id", "result",
    ];

    [Fact]
    public void No_bytes_bring_the_control_socket_down()
    {
        int iterations = int.Parse(Environment.GetEnvironmentVariable("UPCALL_FUZZ_ITERATIONS") ?? "5000", CultureInfo.InvariantCulture);
        var random = new Random(20_261_123);
        for (int i = 0; i < iterations; i++)
        {
            byte[] input = Mutate(Encoding.UTF8.GetBytes(Corpus[random.Next(Corpus.Length)]), random);
            try
            {
                ControlRequestFuzz.Run(input);
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
        for (int edits = random.Next(0, 6); edits > 0; edits--)
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
                default:
                    bytes.InsertRange(at, bytes.GetRange(0, Math.Min(random.Next(1, 60), bytes.Count)));
                    break;
            }
        }

        return [.. bytes];
    }
}
