using Akka.Actor;
using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;
using UpcallActors.Pipeline;

namespace UpcallActors.Switch;

/// <summary>
/// Packets to and from the controllers of all bridges: takes what lanes have put aside, a slice at a time, so that connections are served
/// meanwhile, and sends what controllers say. It outlives a restart of the server, whose it is.
/// </summary>
internal sealed class ControllerPackets(
    OpenFlowTranslatorFactory translators, IDatapath datapath, PacketInCounters counters, TimeProvider time)
{
    /// <summary>Packets in a turn.</summary>
    private const int MostPerTurn = 64;

    private ControllerQueue? _queue;

    /// <summary>The bridges that the server was told of last, which it begins with after a restart.</summary>
    public BridgesChanged? LastBridges { get; set; }

    /// <summary>What becomes of them.</summary>
    public PacketInCounters Counters => counters;

    /// <summary>By which controllers send packets.</summary>
    public PacketOutSender Sender { get; } = new(translators, datapath, time);

    /// <summary>From now on reads a pipeline's queue.</summary>
    public void Attach(ControllerQueue queue, IActorRef reader)
    {
        _queue?.Detach();
        _queue = queue;
        Begin(reader);
    }

    /// <summary>The reader begins, or begins anew: it is told when there is something.</summary>
    public void Begin(IActorRef reader) => _queue?.Attach(reader, ControllerPacketsWait.Instance);

    /// <summary>The reader ends.</summary>
    public void End()
    {
        _queue?.Detach();
        Sender.Dispose();
    }

    /// <summary>Takes a turn's worth. Returns false if there is more: then the reader has to come back by itself.</summary>
    public bool Read(Action<ControllerPacket> handOver)
    {
        for (int i = 0; i < MostPerTurn; i++)
        {
            if (_queue?.TryTake(out QueuedUpcall upcall) != true)
                return _queue?.TryFinish() != false;
            ControllerPacketError error = ControllerPacket.TryRead(
                upcall.Message, upcall.UpcallPid, translators.Recirculations, out ControllerPacket? packet, out ControllerReason reason);
            if (error != ControllerPacketError.None)
            {
                CountUnread(error, reason);
                continue;
            }

            Sender.Remember(packet!);
            handOver(packet!);
        }

        return false;
    }

    private void CountUnread(ControllerPacketError error, ControllerReason reason)
    {
        PacketInType type = PacketInSender.TypeOf(reason);
        if (error == ControllerPacketError.Malformed)
            counters.CountUnsent(type, PacketInLoss.Malformed);
        else if (error == ControllerPacketError.UnknownState)
            counters.CountUnsent(type, PacketInLoss.UnknownState);
    }
}

/// <summary>To the server: packets for controllers wait.</summary>
internal sealed class ControllerPacketsWait : INoSerializationVerificationNeeded
{
    public static readonly ControllerPacketsWait Instance = new();

    private ControllerPacketsWait()
    {
    }
}

/// <summary>To the server: a pipeline puts packets for controllers here.</summary>
internal sealed record ControllersAttached(ControllerQueue Queue, Settlement Settlement) : INoSerializationVerificationNeeded;
