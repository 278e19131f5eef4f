namespace UpcallActors.Kernel;

/// <summary>How a <see cref="KernelDatapath"/> is opened.</summary>
public sealed record KernelDatapathOptions
{
    /// <summary>The most handlers there can be: each costs a socket with its buffer, and a thread that reads it.</summary>
    public const int MaximumHandlers = 64;

    /// <summary>The longest name of a datapath, which is also a device's name (<c>IFNAMSIZ</c> without the NUL).</summary>
    public const int MaximumNameLength = 15;

    /// <summary>
    /// The datapath's name, also that of its internal port 0. ovs-vswitchd has one datapath of this name for all its bridges.
    /// </summary>
    public string Name { get; init; } = "ovs-system";

    /// <summary>
    /// Handlers, each with a socket; 1 to <see cref="MaximumHandlers"/>, and independent of the
    /// number of CPUs. Of more handlers than CPUs some get no upcalls, with either kind of dispatch.
    /// </summary>
    public int HandlerCount { get; init; } = 1;

    /// <summary>Opens the datapath although its upcalls go to a live process, which will get no more of them.</summary>
    public bool TakeOver { get; init; }

    /// <summary>
    /// Lets each vport's packets be spread over the handlers by their hash, also where the kernel could do it by the CPU.
    /// </summary>
    public bool ForcePerVportDispatch { get; init; }

    /// <summary>Receive buffer of a handler's socket in bytes. The kernel counts its own overhead, and gives about twice as much.</summary>
    public int ReceiveBufferBytes { get; init; } = 4 << 20;

    /// <summary>Send buffer of a request channel in bytes; <see cref="Odp.IRequestChannel.SendLimit"/> follows from it.</summary>
    public int SendBufferBytes { get; init; } = 4 << 20;

    /// <summary>Throws <see cref="ArgumentException"/> for what cannot be.</summary>
    internal void Validate()
    {
        if (Name.Length is 0 or > MaximumNameLength
            || Name.Any(character => character is '/' or ':' || char.IsWhiteSpace(character) || !char.IsAscii(character)))
            throw new ArgumentException($"A datapath's name has 1 to {MaximumNameLength} ASCII characters without space, slash and "
                + $"colon: \"{Name}\".", nameof(Name));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(HandlerCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(HandlerCount, MaximumHandlers);
        ArgumentOutOfRangeException.ThrowIfLessThan(ReceiveBufferBytes, 4096);
        ArgumentOutOfRangeException.ThrowIfLessThan(SendBufferBytes, 256 * 1024);
    }
}
