using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>A port of the embedded datapath (<c>struct vport</c>). Its counters are written under the datapath's lock.</summary>
public sealed class EmbeddedPort
{
    private int _mtu;
    private ulong _receiveDropped;
    private ulong _receiveErrors;
    private ulong _sendDropped;

    /// <summary>MTU of a port that is told none: Ethernet's.</summary>
    public const int DefaultMtu = 1500;

    /// <summary>Makes a port; add it with <see cref="EmbeddedDatapath.AddPort"/>.</summary>
    /// <param name="number">Its number in the datapath, below 65,535.</param>
    /// <param name="name">Its name, unique in the datapath.</param>
    /// <param name="type">What kind of port it says it is.</param>
    /// <param name="mtu">The longest L3 packet it puts out, in bytes.</param>
    /// <param name="output">Where its frames go; null drops them and counts them as sent (an internal port without a listener).</param>
    /// <param name="tunnel">Where a tunnel port's frames go, instead of <paramref name="output"/>.</param>
    public EmbeddedPort(uint number, string name, OvsVportType type = OvsVportType.Netdev, int mtu = DefaultMtu, IPortOutput? output = null,
        ITunnelOutput? tunnel = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, ActionValidation.MaximumPorts);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(mtu);
        Number = number;
        Name = name;
        Type = type;
        _mtu = mtu;
        Output = output;
        Tunnel = tunnel;
    }

    /// <summary>The port's number in the datapath.</summary>
    public uint Number { get; }

    /// <summary>The port's name.</summary>
    public string Name { get; }

    /// <summary>What kind of port it is.</summary>
    public OvsVportType Type { get; }

    /// <summary>The longest L3 packet it puts out, in bytes. May be changed at any time.</summary>
    public int Mtu
    {
        get => Volatile.Read(ref _mtu);
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            Volatile.Write(ref _mtu, value);
        }
    }

    /// <summary>Where its frames go.</summary>
    public IPortOutput? Output { get; }

    /// <summary>Where a tunnel port's frames go.</summary>
    public ITunnelOutput? Tunnel { get; }

    /// <summary>Frames received.</summary>
    public ulong ReceivedPackets { get; private set; }

    /// <summary>Bytes received.</summary>
    public ulong ReceivedBytes { get; private set; }

    /// <summary>Frames put out.</summary>
    public ulong SentPackets { get; private set; }

    /// <summary>Bytes put out.</summary>
    public ulong SentBytes { get; private set; }

    /// <summary>Frames not put out because they exceed the MTU.</summary>
    public ulong SendErrors { get; private set; }

    /// <summary>Frames that arrived at its device and were lost in front of the datapath.</summary>
    public ulong ReceiveDropped => Volatile.Read(ref _receiveDropped);

    /// <summary>Frames that its device gave us and that could not be handled.</summary>
    public ulong ReceiveErrors => Volatile.Read(ref _receiveErrors);

    /// <summary>Frames put out that its device did not take.</summary>
    public ulong SendDropped => Volatile.Read(ref _sendDropped);

    /// <summary>All counters as Open vSwitch has them.</summary>
    internal VportStats Statistics =>
        new(ReceivedPackets, SentPackets, ReceivedBytes, SentBytes, ReceiveErrors, SendErrors, ReceiveDropped, SendDropped);

    /// <summary>Whether <see cref="Output"/> has frames that await a flush.</summary>
    internal bool AwaitsFlush { get; set; }

    /// <summary>Where the datapath counts what is dropped, by reason; null outside of one.</summary>
    internal DatapathCounters? Drops { get; set; }

    internal void CountReceiveDropped(ulong frames)
    {
        Interlocked.Add(ref _receiveDropped, frames);
        Drops?.CountDrop(DropReason.ReceiveQueueFull, (long)frames);
    }

    internal void CountReceiveError(DropReason reason)
    {
        Interlocked.Increment(ref _receiveErrors);
        Drops?.CountDrop(reason);
    }

    internal void CountSendDropped(ulong frames)
    {
        Interlocked.Add(ref _sendDropped, frames);
        Drops?.CountDrop(DropReason.SendRefused, (long)frames);
    }

    internal void CountReceived(int bytes)
    {
        ReceivedPackets++;
        ReceivedBytes += (ulong)bytes;
    }

    internal void CountSendError() => SendErrors++;

    internal void Send(ReadOnlySpan<byte> frame, long microseconds)
    {
        CountSent(frame.Length);
        Output?.Transmit(frame, microseconds);
    }

    internal void Send(ReadOnlySpan<byte> frame, ITunnelOutput through, in FlowKey tunnel, uint hash)
    {
        CountSent(frame.Length);
        through.Transmit(frame, tunnel, hash);
    }

    private void CountSent(int bytes)
    {
        SentPackets++;
        SentBytes += (ulong)bytes;
    }
}
