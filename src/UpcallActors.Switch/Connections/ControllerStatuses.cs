using System.Collections.Concurrent;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>How a bridge stands with a controller that it connects to.</summary>
/// <param name="State">In the words of Open vSwitch's <c>reconnect_state_name</c>.</param>
/// <param name="IsConnected">Whether it is connected.</param>
internal sealed record ControllerStatus(string State, bool IsConnected)
{
    /// <summary>What the controller may do beside others; that of the last connection while there is none.</summary>
    public ControllerRole Role { get; init; } = ControllerRole.Equal;

    /// <summary>Why the last attempt failed, or the last connection ended; null if none did.</summary>
    public string? LastError { get; init; }

    /// <summary>When it was connected last, by the clock of who keeps it; null if it never was.</summary>
    public long? Connected { get; init; }

    /// <summary>When the last connection ended; null if none did.</summary>
    public long? Disconnected { get; init; }
}

/// <summary>How bridges stand with the controllers that they connect to. Thread-safe.</summary>
internal sealed class ControllerStatuses
{
    private readonly ConcurrentDictionary<(string Bridge, string Target), ControllerStatus> _all = new();

    /// <summary>How one stands; null for one that no bridge connects to.</summary>
    public ControllerStatus? Find(string bridge, string target) => _all.GetValueOrDefault((bridge, target));

    /// <summary>A state that begins now.</summary>
    public void Note(string bridge, string target, string state, bool isConnected, long now, string? error = null)
    {
        _all.AddOrUpdate((bridge, target), _ => Next(new ControllerStatus(state, false)), (_, before) => Next(before));

        ControllerStatus Next(ControllerStatus before) => before with
        {
            State = state,
            IsConnected = isConnected,
            LastError = error ?? before.LastError,
            Role = isConnected && !before.IsConnected ? ControllerRole.Equal : before.Role,
            Connected = isConnected && !before.IsConnected ? now : before.Connected,
            Disconnected = !isConnected && before.IsConnected ? now : before.Disconnected,
        };
    }

    /// <summary>What a controller may do from now on.</summary>
    public void Note(string bridge, string target, ControllerRole role)
    {
        while (_all.TryGetValue((bridge, target), out ControllerStatus? before)
            && !_all.TryUpdate((bridge, target), before with { Role = role }, before))
        {
        }
    }

    /// <summary>The bridge connects to it no more.</summary>
    public void Forget(string bridge, string target) => _all.TryRemove((bridge, target), out _);
}
