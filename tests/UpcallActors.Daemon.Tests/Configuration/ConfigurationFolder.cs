using UpcallActors.Daemon.Configuration;

namespace UpcallActors.Daemon.Tests.Configuration;

/// <summary>A folder of its own for a test, with the files that a good configuration names.</summary>
internal sealed class ConfigurationFolder : IDisposable
{
    private static readonly byte[] EmptyCapture = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0];

    public ConfigurationFolder()
    {
        Root = Directory.CreateTempSubdirectory("upcall-actors-test-").FullName;
        Write("flows.of", "priority=1,actions=drop\n");
        Write("p0.pcap", EmptyCapture);
        Write("p1.pcap", EmptyCapture);
    }

    public string Root { get; }

    public string Write(string name, string text)
    {
        string file = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return file;
    }

    public string Write(string name, byte[] content)
    {
        string file = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, content);
        return file;
    }

    /// <summary>Reads texts as layers, written to a.conf, b.conf and so on.</summary>
    public (DaemonOptions? Options, IReadOnlyList<ConfigurationProblem> Problems) Read(params string[] texts) =>
        DaemonOptionsReader.Read([.. texts.Select((text, layer) => Write($"{(char)('a' + layer)}.conf", text))]);

    /// <summary>The problems of texts, each as "file:line: message" without the folder.</summary>
    public IReadOnlyList<string> Problems(params string[] texts)
    {
        (DaemonOptions? options, IReadOnlyList<ConfigurationProblem> problems) = Read(texts);
        (options == null).ShouldBe(problems.Count > 0);
        return [.. problems.Select(problem => problem.ToString().Replace(Root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal))];
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
