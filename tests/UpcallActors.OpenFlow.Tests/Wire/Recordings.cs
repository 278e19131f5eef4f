using System.IO.Compression;

namespace UpcallActors.OpenFlow.Tests;

/// <summary>A message between a client and the real switch.</summary>
/// <param name="File">The recording's name.</param>
/// <param name="IsFromClient">Whether the client sent it.</param>
/// <param name="Bytes">The whole message.</param>
internal sealed record RecordedMessage(string File, bool IsFromClient, byte[] Bytes)
{
    /// <summary>Whether it stood in another one: a bundle's, or a request that was forwarded.</summary>
    public bool IsInside { get; init; }
}

/// <summary>What real clients and ovs-vswitchd said to each other; the folder's README says how it was recorded.</summary>
internal static class Recordings
{
    /// <summary>Every message, file by file in the order in which they were sent.</summary>
    public static IReadOnlyList<RecordedMessage> All { get; } =
    [
        .. from file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "captures", "openflow")).Order(StringComparer.Ordinal)
           where !file.EndsWith(".md", StringComparison.Ordinal)
           from line in Lines(file)
           where line.StartsWith("> ", StringComparison.Ordinal) || line.StartsWith("< ", StringComparison.Ordinal)
           from message in WithInside(new RecordedMessage(Path.GetFileName(file), line[0] == '>', Convert.FromHexString(line[2..])))
           select message,
    ];

    /// <summary>Recordings in which a table's number is in the command of flow-mods.</summary>
    public static IReadOnlySet<string> WithTableId { get; } = All
        .Where(message => OpenFlowCodec.Decode(message.Bytes, out DecodedMessage? decoded) is null
            && decoded!.Body is FlowModTableIdMessage { IsOn: true })
        .Select(message => message.File).ToHashSet();

    /// <summary>Messages that a fuzzer begins with: each once, and none of the long ones.</summary>
    public static IReadOnlyList<byte[]> Corpus { get; } =
    [
        .. All.Select(message => message.Bytes).Where(bytes => bytes.Length < 2048).DistinctBy(Convert.ToHexString),
    ];

    private static IEnumerable<RecordedMessage> WithInside(RecordedMessage message)
    {
        yield return message;
        OpenFlowCodec.Decode(message.Bytes, out DecodedMessage? decoded);
        if (decoded?.Body is BundleAddMessage added)
            yield return message with { Bytes = [.. added.Added], IsInside = true };
        else if (decoded?.Body is RequestForwardMessage forwarded)
            yield return message with { Bytes = [.. forwarded.Request], IsInside = true };
    }

    private static IEnumerable<string> Lines(string file)
    {
        using Stream stream = File.OpenRead(file);
        using Stream plain = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionMode.Decompress) : stream;
        using var reader = new StreamReader(plain);
        while (reader.ReadLine() is { } line)
            yield return line;
    }
}
