using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Embedded.Tests.Replays;

/// <summary>
/// What a slow path decides about an upcall: a flow to put, as attributes of a FLOW_CMD_NEW (empty for none), and actions.
/// </summary>
public sealed record Decision(byte[] Flow, byte[] Actions);

/// <summary>
/// A slow path in its simplest form, for one thread: takes upcalls one by one, puts the flow decided on, and sends the upcall
/// back as EXECUTE, turned in place with ACTIONS appended, so that everything in it goes back as it came.
/// </summary>
internal abstract class SlowPath(IDatapath datapath) : IDisposable
{
    private long _dropped;
    private readonly IUpcallSource _source = datapath.OpenUpcalls(0);
    private readonly RequestSender _requests = new(datapath);
    private readonly MessageSlots _slots = new(1);

    /// <summary>MRUs of the upcalls answered, 0 for none.</summary>
    public List<ushort> Mrus { get; } = [];

    /// <summary>What empties the flow table when it was emptied in the recording; null for the datapath itself.</summary>
    public virtual Func<Task>? Purge => null;

    /// <summary>
    /// All has been played: each packet that the datapath gave up came here, and was executed or dropped.
    /// </summary>
    public virtual void ShouldBalance(DatapathCounters counters)
    {
        counters.UpcallsQueued.ShouldBe(Mrus.Count);
        PacketAccount.ShouldBalance(Mrus.Count, counters.Executes, _dropped, consumed: 0, lost: []);
    }

    /// <summary>Answers all upcalls that wait, and those that the answers lead to.</summary>
    public void Run()
    {
        while (_source.Receive(_slots, 0, 1) == 1)
        {
            ReadOnlySpan<byte> upcall = _slots.Message(0);
            PacketMessage.TryParse(upcall, out PacketMessage message).ShouldBe(OdpParseError.None);
            Mrus.Add(message.Origin.Mru);
            Decision decision = Decide(upcall, message);
            if (decision.Flow.Length > 0)
                _requests.Request(datapath.Families.Flow, OvsCommand.New, NetlinkFlags.Create, decision.Flow, out _).ShouldBe(0);
            if (decision.Actions.Length > 0)
                _requests.Send(UpcallTurning.ToExecute(upcall, decision.Actions)).ShouldBeEmpty();
            else
                _dropped++;
        }
    }

    /// <summary>The flows that are in the datapath, as messages.</summary>
    protected IReadOnlyList<byte[]> Flows()
    {
        _requests.Request(datapath.Families.Flow, OvsCommand.Get, NetlinkFlags.Dump, [], out List<byte[]> answers).ShouldBe(0);
        return [.. answers.Where(answer => FlowMessage.TryParse(answer, out _) == OdpParseError.None)];
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract Decision Decide(ReadOnlySpan<byte> upcall, PacketMessage message);

    protected virtual void Dispose(bool disposing)
    {
        _source.Dispose();
        _requests.Dispose();
        _slots.Dispose();
    }
}
