using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Embedded;

/// <summary>A running dump: the entries at its start, written as the reader takes them.</summary>
internal sealed class EmbeddedDump
{
    private readonly uint _sequence;
    private readonly int _count;
    private readonly PartWriter _write;
    private int _next;

    private EmbeddedDump(uint sequence, int count, PartWriter write)
    {
        _sequence = sequence;
        _count = count;
        _write = write;
    }

    private delegate void PartWriter(int index, ref NetlinkWriter writer);

    /// <summary>Whether the end was written.</summary>
    public bool IsDone { get; private set; }

    public static EmbeddedDump OfFlows(DatapathFlow[] flows, FlowFamily requests, uint sequence, FlowOmissions omit) =>
        new(sequence, flows.Length, (int index, ref NetlinkWriter writer) =>
            requests.Write(flows[index], OvsCommand.Get, NetlinkFlags.Multi, sequence, omit, ref writer));

    public static EmbeddedDump OfPorts(EmbeddedPort[] ports, VportFamily requests, uint sequence) =>
        new(sequence, ports.Length, (int index, ref NetlinkWriter writer) =>
            requests.Write(ports[index], OvsCommand.Get, NetlinkFlags.Multi, sequence, ref writer));

    public static EmbeddedDump OfDatapath(DatapathFamily requests, uint sequence) =>
        new(sequence, 1, (int _, ref NetlinkWriter writer) => requests.Write(OvsCommand.Get, NetlinkFlags.Multi, sequence, ref writer));

    /// <summary>Writes parts, at least one or the end, until <paramref name="room"/> bytes are filled.</summary>
    public void Continue(AnswerQueue answers, int room)
    {
        int written = 0;
        while (_next < _count && written < room)
        {
            NetlinkWriter writer = answers.Writer();
            _write(_next++, ref writer);
            written += writer.Length;
            answers.Append(writer);
        }

        if (_next == _count && written < room)
        {
            answers.AppendDone(_sequence);
            IsDone = true;
        }
    }
}
