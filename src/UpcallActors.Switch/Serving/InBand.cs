using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>
/// Lets a bridge reach controllers through itself (<c>in-band.c</c>): hidden rules, above all that a message can name, forward what it
/// takes to get there. They follow the bridge's own address, the controllers that are configured, and the next hops to them. Its
/// bridge's.
/// </summary>
internal sealed class InBand(ServedBridge bridge, INextHops nextHops, ILogger logger)
{
    private static readonly ActionList _normal = ActionList.Of(OutputAction.To(OpenFlowPorts.Normal));

    /// <summary>An address that is not known yet may be so soon, by ARP.</summary>
    private static readonly TimeSpan _soon = TimeSpan.FromSeconds(1);

    /// <summary>How long a known address is not looked up again.</summary>
    private static readonly TimeSpan _later = TimeSpan.FromSeconds(10);

    private readonly Dictionary<IPAddress, string?> _obstacles = [];
    private ImmutableArray<InBandRemote> _remotes = [];
    private ImmutableArray<ulong> _hops = [];
    private HashSet<InBandRule>? _rules;
    private long _looked;
    private bool _isAnyUnknown;

    /// <summary>How long until it may have something to do; null if there is nothing.</summary>
    public TimeSpan? Wait => _remotes.IsEmpty ? null : (_isAnyUnknown ? _soon : _later) - bridge.AgeOf(_looked);

    /// <summary>Looks the next hops up if it is time, and makes the rules what they have to be.</summary>
    public void Run()
    {
        ImmutableArray<InBandRemote> remotes = InBandRemote.Of(bridge.View.Configuration);
        bool isChanged = !remotes.AsSpan().SequenceEqual(_remotes.AsSpan());
        _remotes = remotes;
        if (isChanged || Wait <= TimeSpan.Zero)
            Look();
        Apply([.. InBandRules.Of(bridge.Local?.Address ?? 0, remotes, _hops)]);
    }

    private void Look()
    {
        var hops = new List<ulong>();
        IPAddress[] addresses = [.. _remotes.Select(remote => remote.Address).Distinct()];
        foreach (IPAddress gone in _obstacles.Keys.Except(addresses).ToArray())
            _obstacles.Remove(gone);
        _isAnyUnknown = false;
        foreach (IPAddress address in addresses)
        {
            string? obstacle = nextHops.Find(address, out ulong hop);
            _isAnyUnknown |= hop == 0;
            if (hop != 0)
                hops.Add(hop);
            Say(address, obstacle);
        }

        _hops = [.. hops];
        _looked = bridge.Now;
    }

    /// <summary>Once for the same reason, until there was a way.</summary>
    private void Say(IPAddress address, string? obstacle)
    {
        if (obstacle is not null && obstacle != _obstacles.GetValueOrDefault(address))
            logger.NoRoute(bridge.Name, address, obstacle);
        _obstacles[address] = obstacle;
    }

    private void Apply(HashSet<InBandRule> wanted)
    {
        // Those of an actor before this one may be there.
        _rules ??= [.. bridge.Tables.GetAllRules().Where(rule => InBandPriority.Has(rule.Priority)).Select(
            rule => new InBandRule(rule.Priority, rule.Match))];
        if (_rules.SetEquals(wanted))
            return;
        using TableTransaction transaction = bridge.Tables.Begin(new ChangeOrigin(ChangeSource.InBand));
        foreach (InBandRule gone in _rules.Except(wanted))
            transaction.DeleteOwn(gone.Priority, gone.Match);
        foreach (InBandRule rule in wanted.Except(_rules))
            transaction.AddOwn(rule.Priority, rule.Match, _normal);
        transaction.Commit();
        _rules = wanted;
    }
}
