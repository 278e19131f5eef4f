using System.Collections.Immutable;
using System.Net.Sockets;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch.Tests;

/// <summary>Says to a bridge what a client has said to ovs-vswitchd, and compares the answers.</summary>
internal sealed class ConversationReplay(string socket) : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);

    private static readonly ImmutableArray<ulong> _noCounters = [.. new ulong[PortStatistics.CounterCount]];

    private readonly Dictionary<int, NetworkStream> _connections = [];

    /// <summary>What is answered otherwise than it was recorded; each with what it should have been.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(Conversation conversation)
    {
        var differences = new List<string>();
        foreach (SaidMessage said in conversation.Messages)
        {
            NetworkStream stream = await ConnectionAsync(said.Connection);
            if (said.IsFromClient)
            {
                await stream.WriteAsync(said.Bytes!);
                continue;
            }

            byte[]? answer = await ReadAsync(stream);
            if (said.Bytes is null)
            {
                // A long list, whose last part alone does not say that there is more.
                while (answer is not null && (answer[11] & 1) != 0 && answer[1] is 17 or 19)
                    answer = await ReadAsync(stream);
                continue;
            }

            string expected = Normalize(said.Bytes);
            string actual = answer is null ? "nothing" : Normalize(answer);
            if (expected != actual)
                differences.Add($"expected {expected}\n     but {actual}");
        }

        foreach (NetworkStream stream in _connections.Values)
            await stream.DisposeAsync();
        _connections.Clear();
        return differences;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (NetworkStream stream in _connections.Values)
            stream.Dispose();
    }

    /// <summary>A message without what is another's in each run: transactions of its own, times, counters, addresses.</summary>
    private static string Normalize(byte[] bytes)
    {
        if (OpenFlowCodec.Decode(bytes, out DecodedMessage? message) is not null)
            return Convert.ToHexString(bytes);
        bool isOwn = message!.Type is MessageType.Hello or MessageType.EchoRequest;
        OpenFlowMessage body = message.Body switch
        {
            EntriesMessage<FlowStats> flows => new EntriesMessage<FlowStats>(
                [.. flows.Entries.Select(flow => flow with { Counters = default, HardAge = 0 }).OrderBy(TextOf)]),
            EntriesMessage<PortStatistics> ports => new EntriesMessage<PortStatistics>(
                [.. ports.Entries.Select(port => new PortStatistics { Port = port.Port, Counters = _noCounters })]),
            EntriesMessage<TableStatistics> tables => new EntriesMessage<TableStatistics>(
                [.. tables.Entries.Select(table => table with { Lookups = 0, Matched = 0 })]),
            EntriesMessage<OpenFlowPort> ports => new EntriesMessage<OpenFlowPort>(
                [.. ports.Entries.Select(port => port with { HardwareAddress = 0, Config = 0 })]),
            EntriesMessage<GroupStatistics> groups => new EntriesMessage<GroupStatistics>(
                [
                    .. groups.Entries.Select(group => group with { DurationSeconds = 0, DurationNanoseconds = 0 })
                        .OrderBy(group => group.Id),
                ]),
            EntriesMessage<MeterStatistics> meters => new EntriesMessage<MeterStatistics>(
                [
                    .. meters.Entries.Select(meter => meter with { DurationSeconds = 0, DurationNanoseconds = 0 })
                        .OrderBy(meter => meter.Id),
                ]),
            EntriesMessage<GroupDescription> groups => new EntriesMessage<GroupDescription>([.. groups.Entries.OrderBy(group => group.Id)]),
            SwitchFeaturesMessage features => features with
            {
                Ports = [.. features.Ports.Select(port => port with { HardwareAddress = 0, Config = 0 })],
            },
            MeterFeaturesMessage => new MeterFeaturesMessage(0, 0, 0, 0, 0),
            AggregateMessage sum => sum with { Packets = 0, Bytes = 0 },
            OpenFlowMessage other => other,
        };
        var writer = new WireWriter();
        OpenFlowCodec.Encode(writer, message.Header.Version, isOwn ? 0 : message.Header.Xid, message.Form, body, message.Flags);
        return $"{message.Type} {Convert.ToHexString(writer.Written)}";
    }

    private static string TextOf(FlowStats flow) => $"{flow.Table} {flow.Priority} {flow.Match}";

    private static async Task<byte[]?> ReadAsync(NetworkStream stream)
    {
        try
        {
            byte[] header = new byte[OpenFlowHeader.Size];
            int read = await stream.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false).AsTask().WaitAsync(_patience);
            if (read < header.Length)
                return null;
            byte[] message = new byte[OpenFlowHeader.Read(header).Length];
            header.CopyTo(message, 0);
            await stream.ReadExactlyAsync(message.AsMemory(header.Length)).AsTask().WaitAsync(_patience);
            return message;
        }
        catch (Exception silent) when (silent is TimeoutException or IOException)
        {
            return null;
        }
    }

    private async Task<NetworkStream> ConnectionAsync(int number)
    {
        if (_connections.TryGetValue(number, out NetworkStream? known))
            return known;
        var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket));
        return _connections[number] = new NetworkStream(connection, ownsSocket: true);
    }
}
