using System.Text.Json;
using UpcallActors.Daemon.Control.Commands;

namespace UpcallActors.Daemon.Terminal.Monitoring;

/// <summary>Where a monitor's lines go.</summary>
/// <param name="output">The lines' place.</param>
/// <param name="lines">How an upcall is written; null writes JSON.</param>
/// <param name="isDroppedOnly">Whether only upcalls count whose packet went nowhere.</param>
internal sealed class MonitorOutput(TextWriter output, UpcallText? lines, bool isDroppedOnly)
{
    /// <summary>Whether an upcall is one that was asked for.</summary>
    public bool IsAskedFor(UpcallLine upcall) => !isDroppedOnly || UpcallText.IsDropped(upcall);

    /// <summary>Writes an upcall that was asked for.</summary>
    public Task WriteAsync(UpcallLine upcall) => output.WriteLineAsync(
        lines?.Of(upcall) ?? JsonSerializer.Serialize(upcall with { Packet = null }, LineJson.Default.UpcallLine));
}
