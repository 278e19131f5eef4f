using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Embedded;

/// <summary>
/// What stands behind a port that is connected to the host: its descriptors are polled and its frames received
/// by one thread, its output is called under the datapath's lock. Disposed once neither happens any more.
/// </summary>
internal abstract class LivePort : IDisposable
{
    /// <summary>Frames taken from a port before the next one has its turn.</summary>
    protected const int FramesInTurn = 64;

    /// <summary>The port in the datapath.</summary>
    [AllowNull]
    public EmbeddedPort Port
    {
        get => field ?? throw new InvalidOperationException("not in a datapath yet");
        set;
    }

    /// <summary>How many descriptors it has, at most 2.</summary>
    public abstract int DescriptorCount { get; }

    /// <summary>A descriptor to poll.</summary>
    public abstract int Descriptor(int index);

    /// <summary>
    /// Takes what waits at a descriptor, up to a turn's worth. False when the port can give nothing any more, and must not be polled again.
    /// </summary>
    public abstract bool Receive(int index, FrameIntake intake);

    /// <summary>Counts what the host has lost in front of us since the last time; called by the receiving thread now and then.</summary>
    public virtual void CountLosses()
    {
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>What to tell people when the host refuses to open a port.</summary>
    public static DatapathException Refusal(string port, Win32Exception refusal, string capability) =>
        refusal.NativeErrorCode == (int)Errno.NotPermitted
        ? new DatapathException($"port {port}: {refusal.Message}. This needs the capability {capability}", (Errno)refusal.NativeErrorCode)
        : new DatapathException($"port {port}: {refusal.Message}", (Errno)refusal.NativeErrorCode);
}
