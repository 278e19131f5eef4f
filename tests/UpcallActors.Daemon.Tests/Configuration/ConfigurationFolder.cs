using UpcallActors.Daemon.Configuration;
using UpcallActors.Packets;

namespace UpcallActors.Daemon.Tests.Configuration;

/// <summary>A folder of its own for a test, with the files that a good configuration names.</summary>
internal sealed class ConfigurationFolder : IDisposable
{
    public ConfigurationFolder()
    {
        Root = Directory.CreateTempSubdirectory("upcall-actors-test-").FullName;
        Write("flows.of", "priority=1,actions=drop\n");
        Write("p0.pcap", Capture(Frame(0x0a)));
        Write("p1.pcap", Capture(Frame(0x0b), Frame(0x0b)));
    }

    public string Root { get; }

    /// <summary>A broadcast frame from host 02:00:00:00:00:HOST.</summary>
    public static byte[] Frame(byte host) => [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, host, 0x88, 0xb5, .. new byte[46]];

    /// <summary>A capture file with a frame each hour.</summary>
    public static byte[] Capture(params byte[][] frames)
    {
        const long Hour = 3_600_000_000_000;
        using var file = new MemoryStream();
        var writer = new PcapWriter(file, PcapLinkType.Ethernet);
        for (int frame = 0; frame < frames.Length; frame++)
            writer.Write(1_790_000_000_000_000_000 + (frame * Hour), frames[frame]);
        return file.ToArray();
    }

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
        return [.. problems.Select(problem => problem.ToString()
            .Replace(Root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal))];
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
