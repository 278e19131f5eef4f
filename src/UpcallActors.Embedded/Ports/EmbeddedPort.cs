using UpcallActors.Odp;

namespace UpcallActors.Embedded;

/// <summary>A port of the embedded datapath (<c>struct vport</c>). Its counters are written under the datapath's lock.</summary>
public sealed class EmbeddedPort
{
    /// <summary>MTU of a port that is told none: Ethernet's.</summary>
    public const int DefaultMtu = 1500;

    /// <summary>Makes a port; add it with <see cref="EmbeddedDatapath.AddPort"/>.</summary>
    /// <param name="number">Its number in the datapath, below 65,535.</param>
    /// <param name="name">Its name, unique in the datapath.</param>
    /// <param name="type">What kind of port it says it is.</param>
    /// <param name="mtu">The longest L3 packet it puts out, in bytes.</param>
    /// <param name="output">Where its frames go; null lets them go, counted as sent (an internal port nobody listens to).</param>
    public EmbeddedPort(uint number, string name, OvsVportType type = OvsVportType.Netdev, int mtu = DefaultMtu, IPortOutput? output = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, ActionValidation.MaximumPorts);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(mtu);
        Number = number;
        Name = name;
        Type = type;
        Mtu = mtu;
        Output = output;
    }

    /// <summary>The port's number in the datapath.</summary>
    public uint Number { get; }

    /// <summary>The port's name.</summary>
    public string Name { get; }

    /// <summary>What kind of port it is.</summary>
    public OvsVportType Type { get; }

    /// <summary>The longest L3 packet it puts out, in bytes.</summary>
    public int Mtu { get; }

    /// <summary>Where its frames go.</summary>
    public IPortOutput? Output { get; }

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

    internal void CountReceived(int bytes)
    {
        ReceivedPackets++;
        ReceivedBytes += (ulong)bytes;
    }

    internal void CountSendError() => SendErrors++;

    internal void Send(ReadOnlySpan<byte> frame, long microseconds)
    {
        SentPackets++;
        SentBytes += (ulong)frame.Length;
        Output?.Transmit(frame, microseconds);
    }
}
