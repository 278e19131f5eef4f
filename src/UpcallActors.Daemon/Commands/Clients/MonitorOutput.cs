using System.Text.Json;
using UpcallActors.Daemon.Control.Commands;

namespace UpcallActors.Daemon.Commands.Clients;

/// <summary>Where a monitor's lines go: each at once, or only the last ones when it ends.</summary>
/// <param name="output">The lines' place.</param>
/// <param name="lines">How an upcall is written; null writes JSON.</param>
/// <param name="isDroppedOnly">Whether only upcalls count whose packet went nowhere.</param>
/// <param name="last">How many lines are kept for the end; null writes each at once.</param>
internal sealed class MonitorOutput(TextWriter output, UpcallText? lines, bool isDroppedOnly, int? last)
{
    private readonly Queue<UpcallLine> _kept = new();

    /// <summary>Whether an upcall is one that was asked for.</summary>
    public bool IsAskedFor(UpcallLine upcall) => !isDroppedOnly || UpcallText.IsDropped(upcall);

    /// <summary>Takes an upcall that was asked for.</summary>
    public async Task TakeAsync(UpcallLine upcall)
    {
        if (last is not { } most)
        {
            await WriteAsync(upcall);
            return;
        }

        _kept.Enqueue(upcall with { Packet = null });
        if (_kept.Count > most)
            _kept.Dequeue();
    }

    /// <summary>Writes what was kept.</summary>
    public async Task EndAsync()
    {
        while (_kept.TryDequeue(out UpcallLine? upcall))
            await WriteAsync(upcall);
        await output.FlushAsync(CancellationToken.None);
    }

    private Task WriteAsync(UpcallLine upcall) => output.WriteLineAsync(
        lines?.Of(upcall) ?? JsonSerializer.Serialize(upcall with { Packet = null }, LineJson.Default.UpcallLine));
}
