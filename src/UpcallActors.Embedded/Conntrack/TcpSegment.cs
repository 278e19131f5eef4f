using System.Buffers.Binary;
using UpcallActors.Odp;

namespace UpcallActors.Embedded;

/// <summary>A view of a TCP segment whose header was checked to be whole.</summary>
internal readonly ref struct TcpSegment
{
    private const byte FinFlag = 0x01;
    private const byte SynFlag = 0x02;
    private const byte ResetFlag = 0x04;
    private const byte AckFlag = 0x10;
    private const byte UrgentFlag = 0x20;
    private const byte EndOfOptions = 0;
    private const byte NoOperation = 1;
    private const byte WindowScaleOption = 3;
    private const byte SackPermittedOption = 4;
    private const byte SackOption = 5;
    private const byte MaxScale = 14;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _headerLength;

    private TcpSegment(ReadOnlySpan<byte> bytes, int headerLength)
    {
        _bytes = bytes;
        _headerLength = headerLength;
    }

    internal uint Sequence => BinaryPrimitives.ReadUInt32BigEndian(_bytes[4..]);

    internal uint Acknowledgement => BinaryPrimitives.ReadUInt32BigEndian(_bytes[8..]);

    internal ushort Window => BinaryPrimitives.ReadUInt16BigEndian(_bytes[14..]);

    internal bool IsSyn => (_bytes[13] & SynFlag) != 0;

    internal bool IsAck => (_bytes[13] & AckFlag) != 0;

    internal bool IsReset => (_bytes[13] & ResetFlag) != 0;

    /// <summary>The sequence number behind the last byte; SYN and FIN count as one.</summary>
    internal uint End => Sequence + (uint)(_bytes.Length - _headerLength) + (IsSyn ? 1u : 0) + ((_bytes[13] & FinFlag) != 0 ? 1u : 0);

    internal TcpEvent Event =>
        IsReset ? TcpEvent.Reset
        : IsSyn ? (IsAck ? TcpEvent.SynAck : TcpEvent.Syn)
        : (_bytes[13] & FinFlag) != 0 ? TcpEvent.Fin
        : IsAck ? TcpEvent.Ack
        : TcpEvent.None;

    /// <summary>False for a truncated header or a combination of flags that no TCP sends (<c>tcp_error</c>).</summary>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out TcpSegment segment)
    {
        segment = default;
        if (bytes.Length < 20)
            return false;
        int headerLength = (bytes[12] >> 4) * 4;
        if (headerLength < 20 || headerLength > bytes.Length || !AreValid(bytes[13]))
            return false;
        segment = new TcpSegment(bytes, headerLength);
        return true;
    }

    /// <summary>Takes window scale and SACK permission from the options of a SYN (<c>tcp_options</c>); no options, no change.</summary>
    internal void ReadOptions(ref TcpSender sender)
    {
        ReadOnlySpan<byte> options = _bytes[20.._headerLength];
        if (options.IsEmpty)
            return;
        sender.Scale = 0;
        sender.Options &= ConntrackTcpFlags.BeLiberal;
        while (TryNextOption(ref options, out byte kind, out ReadOnlySpan<byte> value))
        {
            if (kind == SackPermittedOption && value.IsEmpty)
            {
                sender.Options |= ConntrackTcpFlags.SackPermitted;
            }
            else if (kind == WindowScaleOption && value.Length == 1)
            {
                sender.Scale = Math.Min(value[0], MaxScale);
                sender.Options |= ConntrackTcpFlags.WindowScale;
            }
        }
    }

    /// <summary>The highest byte acknowledged, selectively or not (<c>tcp_sack</c>).</summary>
    internal uint HighestAcknowledged()
    {
        uint highest = Acknowledgement;
        ReadOnlySpan<byte> options = _bytes[20.._headerLength];
        while (TryNextOption(ref options, out byte kind, out ReadOnlySpan<byte> value))
        {
            if (kind != SackOption || value.IsEmpty || value.Length % 8 != 0)
                continue;
            for (; !value.IsEmpty; value = value[8..])
            {
                uint end = BinaryPrimitives.ReadUInt32BigEndian(value[4..]);
                if ((int)(end - highest) > 0)
                    highest = end;
            }

            break;
        }

        return highest;
    }

    private static bool TryNextOption(ref ReadOnlySpan<byte> options, out byte kind, out ReadOnlySpan<byte> value)
    {
        kind = EndOfOptions;
        value = default;
        while (!options.IsEmpty && options[0] == NoOperation)
            options = options[1..];
        if (options.Length < 2 || options[0] == EndOfOptions || options[1] < 2 || options[1] > options.Length)
            return false;
        kind = options[0];
        value = options[2..options[1]];
        options = options[options[1]..];
        return true;
    }

    /// <summary>PSH, ECE and CWR may come with anything.</summary>
    private static bool AreValid(byte flags) => (flags & 0x37) is
        SynFlag or (SynFlag | UrgentFlag) or (SynFlag | AckFlag)
        or ResetFlag or (ResetFlag | AckFlag)
        or (FinFlag | AckFlag) or (FinFlag | AckFlag | UrgentFlag)
        or AckFlag or (AckFlag | UrgentFlag);
}
