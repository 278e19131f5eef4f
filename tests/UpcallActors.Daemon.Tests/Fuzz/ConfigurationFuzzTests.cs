using System.Globalization;
using System.Text;
using UpcallActors.Daemon.Tests.Configuration;
using UpcallActors.Daemon.Tests.Configuration.Bridges;

namespace UpcallActors.Daemon.Tests.Fuzz;

/// <summary>Drives the fuzz target with seeded mutations of good text.</summary>
public sealed class ConfigurationFuzzTests
{
    internal static string[] Corpus { get; } =
    [
        DaemonOptionsTests.Good,
        LivePortOptionsTests.Good,
        "upcall-actors { datapath.receive-buffer = 4 MiB, revalidators { max-idle = 10s, max-revalidator = 1e9d } }\n",
        "a.b = 1\na { c : 2, \"d.e\" = \"x y\" # c\n f = [1,2, 3] }\n",
        "{ upcall-actors.replay { purge-at = [ 1.5, 2 ], pace = recorded } // end\n}",
        "base { x = 1, y = [1, ${?z}] }\na = ${base} { y = ${base.y} [2] }, z = ${LONG}/x ${a.x}\na.y += ${z}\n",
        "upcall-actors { handlers = ${?HANDLERS}, pipeline.batch-size = ${upcall-actors.handlers} }\ninclude \"fuzz.conf\"\ninclude "
            + "required(file(\"none.conf\"))\n",
        "a = ${b}\nb = ${c} x\nc = ${?a}\nd { e = ${d}, f = ${d.e} }\n",
        "a = null, b = true\nc = \"\\u0041\\n\", d { } e {f=out/x.y}\r\n",
    ];

    internal static string[] Tokens { get; } =
        ["{", "}", "[", "]", "=", ":", ",", "\n", "\"", "\\", "#", "//", "/", "$", "${", "${?", "${a}", "${?b}", " ${base} {", "}", ".",
            "\"\"\"", "include ", "null", " ", "\r", "+=", "a", "ä", "\0", "upcall-actors", "bridges", "99999999999"];

    [Fact]
    public void No_text_brings_the_reader_down()
    {
        int iterations = int.Parse(Environment.GetEnvironmentVariable("UPCALL_FUZZ_ITERATIONS") ?? "5000", CultureInfo.InvariantCulture);
        var random = new Random(20_240_611);
        for (int i = 0; i < iterations; i++)
        {
            byte[] input = Mutate(Corpus[random.Next(Corpus.Length)], random);
            try
            {
                ConfigurationFuzz.Run(input);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException(
                    $"iteration {i}, input {Convert.ToBase64String(input)}:\n{Encoding.UTF8.GetString(input)}", failure);
            }
        }
    }

    private static byte[] Mutate(string seed, Random random)
    {
        var text = new StringBuilder(seed);
        for (int edits = random.Next(1, 6); edits > 0; edits--)
        {
            int at = random.Next(text.Length);
            switch (random.Next(4))
            {
                case 0:
                    text.Remove(at, Math.Min(random.Next(1, 12), text.Length - at));
                    break;
                case 1:
                    text.Insert(at, Tokens[random.Next(Tokens.Length)]);
                    break;
                case 2:
                    int from = random.Next(text.Length);
                    text.Insert(at, text.ToString(from, Math.Min(random.Next(1, 40), text.Length - from)));
                    break;
                default:
                    text[at] = (char)random.Next(0, 128);
                    break;
            }

            if (text.Length == 0)
                text.Append('a');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
