using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using UpcallActors.Ovsdb;

namespace UpcallActors.Switch;

/// <summary>Which types of interfaces are connected to nothing (<c>dummy_enable</c>).</summary>
internal enum DummyInterfaces
{
    /// <summary>None.</summary>
    None,

    /// <summary>Those of type <c>dummy</c> and internal ones.</summary>
    Beside,

    /// <summary>Also those of the host.</summary>
    Override,
}

/// <summary>How a switch follows a database.</summary>
/// <param name="Remote">Where its server is.</param>
internal sealed record DatabaseOptions(ConnectionTarget Remote)
{
    /// <summary>Where a server listens unless its port is given (<c>OVSDB_PORT</c>).</summary>
    public const int DefaultPort = 6640;

    /// <summary>The name of the source that the database is for the switch.</summary>
    public const string Source = "ovsdb";

    /// <summary>Which types of interfaces are connected to nothing.</summary>
    public DummyInterfaces Dummies { get; init; }

    /// <summary>Who we are to a server over TLS; null if the remote needs none.</summary>
    public TlsIdentity? Tls { get; init; }

    /// <summary>Where it is said what happens.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What the session is for.</summary>
    internal static OvsdbSessionOptions Session { get; } = new(SwitchSchema.Database, SwitchSchema.Lock, SwitchSchema.Watched);
}
