using System.Net.Security;
using System.Net.Sockets;
using UpcallActors.Linux;

namespace UpcallActors.Switch;

/// <summary>
/// Carries a connection over TLS: its actor has one end of a pair of sockets, and bytes are encrypted and decrypted between the other
/// end and the peer. So the loop does no cryptography, and a connection is the same over TLS as over TCP.
/// </summary>
internal static class TlsRelay
{
    private const int BufferSize = 64 * 1024;

    /// <summary>How long a side may read nothing before both go: nobody may be left to notice otherwise.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    /// <summary>Connects to a server; returns the end for the actor. The socket is the relay's from then on.</summary>
    public static async Task<Socket> ToServerAsync(Socket peer, string host, TlsIdentity identity, CancellationToken cancellation)
    {
        var tls = new SslStream(new NetworkStream(peer, ownsSocket: true));
        try
        {
            await tls.AuthenticateAsClientAsync(identity.ForClient(host), cancellation).ConfigureAwait(false);
            return Begin(tls);
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Takes a client in; returns the end for the actor. The socket is the relay's from then on.</summary>
    public static async Task<Socket> ToClientAsync(Socket peer, TlsIdentity identity, CancellationToken cancellation)
    {
        // A stream needs it, and waits without holding a thread all the same.
        peer.Blocking = true;
        var tls = new SslStream(new NetworkStream(peer, ownsSocket: true));
        try
        {
            await tls.AuthenticateAsServerAsync(identity.ForServer(), cancellation).ConfigureAwait(false);
            return Begin(tls);
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static Socket Begin(SslStream tls)
    {
        (Socket own, Socket inner) = SocketPair.Open();
        _ = RelayAsync(tls, new NetworkStream(inner, ownsSocket: true));
        return own;
    }

    /// <summary>Until either side ends. A failure of one side is the end of the other.</summary>
    private static async Task RelayAsync(SslStream tls, NetworkStream inner)
    {
        await using (tls.ConfigureAwait(false))
        await using (inner.ConfigureAwait(false))
        {
            Task first = await Task.WhenAny(CopyAsync(tls, inner), CopyAsync(inner, tls)).ConfigureAwait(false);
            await first.ConfigureAwait(false);
        }
    }

    private static async Task CopyAsync(Stream from, Stream to)
    {
        byte[] buffer = new byte[BufferSize];
        try
        {
            int count;
            while ((count = await from.ReadAsync(buffer).ConfigureAwait(false)) > 0)
                await to.WriteAsync(buffer.AsMemory(0, count)).AsTask().WaitAsync(_patience).ConfigureAwait(false);
        }
        catch (Exception ended) when (ended is IOException or ObjectDisposedException or SocketException or InvalidOperationException
            or TimeoutException)
        {
            // The peer is gone, or the actor: both ends go.
        }
    }
}
