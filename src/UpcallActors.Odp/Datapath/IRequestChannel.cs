using UpcallActors.Linux;

namespace UpcallActors.Odp;

/// <summary>A way for requests to the datapath and for its answers. Used by one thread.</summary>
public interface IRequestChannel : IDisposable
{
    /// <summary>The most bytes that one <see cref="Send"/> takes.</summary>
    int SendLimit { get; }

    /// <summary>
    /// Sends whole messages back to back. The datapath has handled them when this returns, and its answers wait in
    /// <see cref="Receive"/>. Returns <see cref="Errno.None"/>, or why the send as a whole was refused (nothing was handled then).
    /// </summary>
    Errno Send(SendVector requests);

    /// <summary>
    /// Takes the next answer (one or more Netlink messages) and returns its length; 0 when none waits. Never waits itself.
    /// </summary>
    int Receive(Span<byte> answer);
}
