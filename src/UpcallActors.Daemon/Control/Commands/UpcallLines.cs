using System.Globalization;
using System.Runtime.InteropServices;
using UpcallActors.Linux;
using UpcallActors.Odp.Text;
using UpcallActors.Pipeline;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>Makes lines of upcalls.</summary>
internal static class UpcallLines
{
    /// <summary>The line of an upcall.</summary>
    /// <param name="upcall">The upcall.</param>
    /// <param name="names">Names of ports.</param>
    /// <param name="withPacket">Whether the frame is in it.</param>
    public static UpcallLine Of(MonitoredUpcall upcall, IOdpPortNames names, bool withPacket)
    {
        const int NanosecondsPerTick = 100;
        bool isTranslated = upcall.Class is UpcallClass.Miss or UpcallClass.SlowPath;
        return new UpcallLine
        {
            Number = upcall.Number,
            Time = DateTimeOffset.UnixEpoch.AddTicks(upcall.TimeNanoseconds / NanosecondsPerTick),
            Lane = upcall.Lane,
            Class = UpcallActorsTelemetry.NameOf(upcall.Class),
            InPort = names.NameOf(upcall.DatapathPort) ?? upcall.DatapathPort.ToString(CultureInfo.InvariantCulture),
            // Verbose, as ovs-vswitchd logs keys: of one without a mask the other form leaves zone, mark and label of the connection out.
            Key = FlowText.Format(upcall.Key.Span, [], names, verbose: true),
            Mru = upcall.Mru,
            ClampedMru = upcall.ClampedMru,
            PacketLength = upcall.PacketLength,
            Actions = isTranslated && !upcall.IsCut ? ActionText.Format(upcall.Actions.Span, names) : null,
            FlowPut = upcall.FlowPut,
            Duplicate = upcall.IsDuplicate,
            Error = upcall.Error == Odp.XlateError.None ? null : upcall.Error.ToString(),
            Errno = (int)upcall.ExecuteError,
            ErrnoText = Words(upcall.ExecuteError),
            FlowPutErrno = (int)upcall.FlowPutError,
            FlowPutErrnoText = Words(upcall.FlowPutError),
            LatencySeconds = upcall.Latency.TotalSeconds,
            Cut = upcall.IsCut,
            Packet = withPacket ? upcall.Packet.ToArray() : null,
        };
    }

    private static string? Words(Errno error) => error == Errno.None ? null : Marshal.GetPInvokeErrorMessage((int)error);
}
