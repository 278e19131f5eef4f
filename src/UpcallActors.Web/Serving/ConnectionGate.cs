using Microsoft.AspNetCore.Connections;
using UpcallActors.Linux;

namespace UpcallActors.Web;

/// <summary>
/// Who may be connected to the status page. Any process on the machine can open silent connections, so a new one is never refused because
/// of those (<see cref="ConnectionPlaces"/>). Requests for the page leave room for those that ask about health, however many there are.
/// Thread-safe.
/// </summary>
internal sealed class ConnectionGate
{
    /// <summary>Connections at a time; more than are served, so that there is always a silent one.</summary>
    internal const int MostConnections = 256;

    /// <summary>Of these, the ones that are being served something else than health.</summary>
    internal const int MostServed = 128;

    /// <summary>Of these, the ones that are being told about health.</summary>
    internal const int MostProbes = 64;

    private readonly ConnectionPlaces _places = new(MostConnections);
    private int _served;
    private int _probes;

    /// <summary>Takes in a connection, for as long as the answer is not disposed.</summary>
    public Entry Enter(ConnectionContext connection) => new(this, connection);

    /// <summary>A connection that was taken in. Its requests come one after the other.</summary>
    internal sealed class Entry(ConnectionGate gate, ConnectionContext connection) : IDisposable
    {
        private readonly ConnectionPlaces.Place _place =
            gate._places.Enter(reason => connection.Abort(new ConnectionAbortedException(reason)));

        private Kind _serving;

        /// <summary>A request has come. Whether it may be served.</summary>
        public bool TryServe(bool isHealth)
        {
            Kind kind = isHealth ? Kind.Probe : Kind.Page;
            if (Count(kind, 1) > (isHealth ? MostProbes : MostServed))
            {
                Count(kind, -1);
                return false;
            }

            _serving = kind;
            _place.BeginServing();
            return true;
        }

        /// <summary>The request has been served.</summary>
        public void EndServing()
        {
            Count(_serving, -1);
            _serving = Kind.None;
            _place.EndServing();
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            Count(_serving, -1);
            _serving = Kind.None;
            _place.Dispose();
        }

        private int Count(Kind kind, int change) => kind switch
        {
            Kind.Probe => Interlocked.Add(ref gate._probes, change),
            Kind.Page => Interlocked.Add(ref gate._served, change),
            _ => 0,
        };

        private enum Kind
        {
            None,
            Page,
            Probe,
        }
    }
}
