using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SharpFuzz;
using UpcallActors.Fuzz.Tests;

return args switch
{
    ["list"] => List(),
    ["corpus", string target, string folder, string seed] =>
        WriteCorpus(FuzzTargets.Named(target), folder, int.Parse(seed, CultureInfo.InvariantCulture)),
    ["tokens", string target, string file] => WriteTokens(FuzzTargets.Named(target), file),
    ["instrument", .. string[] assemblies] => Instrument(assemblies),
    ["afl", string target] => RunUnderAfl(FuzzTargets.Named(target)),
    ["once", string target, string file] => RunOnce(FuzzTargets.Named(target), file),
    ["mutate", string target, string seconds, string seed, string crashes] =>
        Mutate(
            FuzzTargets.Named(target),
            (_, time) => time < TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture)),
            int.Parse(seed, CultureInfo.InvariantCulture),
            crashes),
    ["count", string target, string runs, string seed, string crashes] =>
        Mutate(
            FuzzTargets.Named(target),
            (done, _) => done < long.Parse(runs, CultureInfo.InvariantCulture),
            int.Parse(seed, CultureInfo.InvariantCulture),
            crashes),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        "list | corpus TARGET FOLDER SEED | tokens TARGET FILE | instrument ASSEMBLY… | afl TARGET | once TARGET FILE"
        + " | mutate TARGET SECONDS SEED CRASHES | count TARGET RUNS SEED CRASHES");
    return 2;
}

static int List()
{
    foreach (FuzzTarget target in FuzzTargets.All)
        Console.WriteLine(target.Name);
    return 0;
}

// The corpus, and inputs made of it by structure: afl-fuzz knows bytes alone.
static int WriteCorpus(FuzzTarget target, string folder, int seed)
{
    const int Most = 60;
    const int Longest = 64 << 10;
    Directory.CreateDirectory(folder);
    IReadOnlyList<byte[]> corpus = target.Corpus();
    var random = new Random(seed);
    IEnumerable<byte[]> inputs = corpus.Take(Most);
    if (target.Make is { } make)
        inputs = inputs.Concat(Enumerable.Range(0, Most).Select(_ => make(random)));
    foreach (byte[] input in inputs.Where(input => input.Length is > 0 and < Longest))
        File.WriteAllBytes(Path.Combine(folder, Name(input)), input);
    return 0;
}

static int WriteTokens(FuzzTarget target, string file)
{
    IEnumerable<string> words = target.Tokens.Where(token => token.Length > 0).Distinct();
    File.WriteAllLines(
        file, words.Select(word => $"\"{string.Concat(Encoding.UTF8.GetBytes(word).Select(letter => $"\\x{letter:X2}"))}\""));
    return 0;
}

static int Instrument(IEnumerable<string> assemblies)
{
    foreach (string assembly in assemblies)
    {
        int types = Fuzzer.Instrument(assembly, _ => true, Options.Value).Count();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{assembly}: {types} types"));
    }

    return 0;
}

static int RunUnderAfl(FuzzTarget target)
{
    Fuzzer.Run(stream =>
    {
        using var input = new MemoryStream();
        stream.CopyTo(input);
        target.Run(input.GetBuffer().AsSpan(0, (int)input.Length));
    });
    return 0;
}

static int RunOnce(FuzzTarget target, string file)
{
    try
    {
        Console.WriteLine(target.Run(File.ReadAllBytes(file)) ? "accepted" : "refused");
        return 0;
    }
#pragma warning disable CA1031 // Whatever it is, it is what is looked for.
    catch (Exception crash)
#pragma warning restore CA1031
    {
        Console.WriteLine(crash);
        return 1;
    }
}

// Where there is no afl-fuzz: the same inputs, without what covers more being kept.
static int Mutate(FuzzTarget target, Func<long, TimeSpan, bool> goesOn, int seed, string crashes)
{
    IReadOnlyList<byte[]> corpus = target.Corpus();
    var random = new Random(seed);
    long started = Stopwatch.GetTimestamp();
    long runs = 0;
    long accepted = 0;
    int failed = 0;
    for (; failed < 10 && goesOn(runs, Stopwatch.GetElapsedTime(started)); runs++)
    {
        byte[] input = Mutation.Next(target, corpus, random);
        try
        {
            accepted += target.Run(input) ? 1 : 0;
        }
#pragma warning disable CA1031 // Whatever it is, it is what is looked for.
        catch (Exception)
#pragma warning restore CA1031
        {
            failed++;
            Directory.CreateDirectory(crashes);
            File.WriteAllBytes(Path.Combine(crashes, Name(input)), input);
        }
    }

    double share = 100.0 * accepted / Math.Max(1, runs);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{target.Name}: {runs} runs, {share:F0} % accepted, {failed} failed"));
    return failed == 0 ? 0 : 1;
}

static string Name(byte[] input) => Convert.ToHexStringLower(SHA256.HashData(input).AsSpan(0, 8));
