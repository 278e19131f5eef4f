using UpcallActors.Odp;

namespace UpcallActors.Embedded;

/// <summary>The range a new connection's translation is chosen from (<c>nf_nat_range2</c>).</summary>
internal readonly record struct NatRange(NatOptions Options, UInt128 MinAddress, UInt128 MaxAddress, ushort MinPort, ushort MaxPort)
{
    private const NatOptions AnyRandom = NatOptions.PortHash | NatOptions.PortRandom;

    internal static NatRange Of(in ConntrackParameters parameters) => new(
        parameters.Nat, parameters.NatMinAddress, parameters.NatMaxAddress, parameters.NatMinPort, parameters.NatMaxPort);

    /// <summary>Keeps the address; the port may have to change to stay unique (<c>nf_nat_alloc_null_binding</c>).</summary>
    internal static NatRange Keep(UInt128 address) => new(NatOptions.Addresses, address, address, 0, 0);

    internal bool HasAddresses => (Options & NatOptions.Addresses) != 0;

    internal bool HasPorts => (Options & NatOptions.Ports) != 0;

    internal bool IsRandom => (Options & AnyRandom) != 0;

    internal bool IsPersistent => (Options & NatOptions.Persistent) != 0;
}

/// <summary>Chooses the tuple that a new connection is translated to (<c>get_unique_tuple</c>).</summary>
internal sealed class NatSelection
{
    private const int MaxAttempts = 128;
    private const int MinAttempts = 16;
    private readonly ConnectionTable _table;

    internal NatSelection(ConnectionTable table) => _table = table;

    /// <summary>
    /// Decides the translation of one side of an unconfirmed connection (<c>nf_nat_setup_info</c>). The result may be taken
    /// by another connection if the range is used up: committing then fails.
    /// </summary>
    internal void Decide(Connection connection, in NatRange range, bool source, long now)
    {
        if (connection.IsConfirmed || !connection.ReplyTuple.TryInvert(out ConntrackTuple current))
            return;
        ConntrackTuple chosen = Choose(in current, in range, connection, source, now);
        if (chosen != current && chosen.TryInvert(out ConntrackTuple reply))
        {
            connection.ReplyTuple = reply;
            connection.Status |= source ? ConnectionStatus.SourceNat : ConnectionStatus.DestinationNat;
        }

        connection.Status |= source ? ConnectionStatus.SourceNatDone : ConnectionStatus.DestinationNatDone;
    }

    private ConntrackTuple Choose(in ConntrackTuple current, in NatRange range, Connection connection, bool source, long now)
    {
        // What is in the range already, or what this sender has already, is kept if it can be.
        if (source && !range.IsRandom)
        {
            if (IsInRange(in current, in range))
            {
                if (!IsTaken(in current, connection, now))
                    return current;
            }
            else if (TryReuseMapping(in current, in range, connection, out ConntrackTuple mapped) && !IsTaken(in mapped, connection, now))
            {
                return mapped;
            }
        }

        ConntrackTuple chosen = WithAddress(in current, in range, connection.Zone, source);
        if (!range.IsRandom)
        {
            bool portFits = !range.HasPorts || IsPortInRange(in chosen, in range, source);
            bool onlyChoice = range.HasPorts && range.MinPort == range.MaxPort;
            if (portFits && (onlyChoice || !IsTaken(in chosen, connection, now)))
                return chosen;
        }

        return WithPort(in chosen, in range, connection, source, now);
    }

    private bool IsTaken(in ConntrackTuple tuple, Connection connection, long now) =>
        !tuple.TryInvert(out ConntrackTuple reply) || _table.IsTaken(in reply, connection, now);

    private bool TryReuseMapping(in ConntrackTuple current, in NatRange range, Connection connection, out ConntrackTuple mapped)
    {
        for (Connection? other = _table.FindBySource(in current, connection.Zone, after: null);
            other is not null;
            other = _table.FindBySource(in current, connection.Zone, other))
        {
            if (!other.ReplyTuple.TryInvert(out ConntrackTuple theirs))
                continue;
            mapped = current with { Source = theirs.Source, SourcePort = theirs.SourcePort };
            if (IsInRange(in mapped, in range))
                return true;
        }

        mapped = default;
        return false;
    }

    private static bool IsInRange(in ConntrackTuple tuple, in NatRange range) =>
        (!range.HasAddresses || (tuple.Source >= range.MinAddress && tuple.Source <= range.MaxAddress))
        && (!range.HasPorts || IsPortInRange(in tuple, in range, source: true));

    private static bool IsPortInRange(in ConntrackTuple tuple, in NatRange range, bool source)
    {
        if (!HasPorts(in tuple))
            return true;
        ushort port = source || tuple.IsIcmp ? tuple.SourcePort : tuple.DestinationPort;
        return port >= range.MinPort && port <= range.MaxPort;
    }

    private static bool HasPorts(in ConntrackTuple tuple) => tuple.IsIcmp || NatTranslation.TranslatesPorts(tuple.Protocol);

    /// <summary>
    /// Spreads over the addresses by sender and receiver, by sender alone if persistent (<c>find_best_ips_proto</c>). The function is not
    /// the kernel's, but like the kernel's it has no secret, so a restart changes no address.
    /// </summary>
    private static ConntrackTuple WithAddress(in ConntrackTuple tuple, in NatRange range, ushort zone, bool source)
    {
        if (!range.HasAddresses)
            return tuple;
        UInt128 address = range.MinAddress;
        if (range.MaxAddress > range.MinAddress)
        {
            UInt128 spread = (tuple.Source ^ (tuple.Source >> 64)) * 0x9e3779b97f4a7c15;
            if (!range.IsPersistent)
                spread = (spread ^ tuple.Destination ^ zone) * 0xc2b2ae3d27d4eb4f;
            spread ^= spread >> 33;
            UInt128 count = range.MaxAddress - range.MinAddress + 1;
            address += count == 0 ? spread : spread % count;
        }

        return source ? tuple with { Source = address } : tuple with { Destination = address };
    }

    /// <summary>
    /// Looks for a port that makes the tuple unique (<c>nf_nat_l4proto_unique_tuple</c>): from a random start, with ever fewer attempts.
    /// </summary>
    private ConntrackTuple WithPort(in ConntrackTuple tuple, in NatRange range, Connection connection, bool source, long now)
    {
        if (!HasPorts(in tuple) || (!source && !tuple.IsIcmp && !range.HasPorts))
            return tuple;
        (int min, int size) = PortRange(in tuple, in range);
        ConntrackTuple candidate = tuple;
        for (int attempts = Math.Min(size, MaxAttempts); ; attempts /= 2)
        {
            int offset = Random.Shared.Next(ushort.MaxValue + 1);
            for (int i = 0; i < attempts; i++)
            {
                var port = (ushort)(min + ((offset + i) % size));
                candidate = source || tuple.IsIcmp ? tuple with { SourcePort = port } : tuple with { DestinationPort = port };
                if (!IsTaken(in candidate, connection, now))
                    return candidate;
            }

            if (attempts >= size || attempts < MinAttempts)
                return candidate;
        }
    }

    private static (int Min, int Size) PortRange(in ConntrackTuple tuple, in NatRange range)
    {
        if (range.HasPorts)
        {
            int low = Math.Min(range.MinPort, range.MaxPort);
            return (low, Math.Max(range.MinPort, range.MaxPort) - low + 1);
        }

        // Without a range, a port stays in its class: below 512 means credentials to some, below 1024 root.
        return tuple switch
        {
            { IsIcmp: true } => (0, 65536),
            { SourcePort: < 512 } => (1, 511),
            { SourcePort: < 1024 } => (600, 424),
            _ => (1024, 64512),
        };
    }
}
