using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;

namespace UpcallActors.Hosting;

/// <summary>Where an actor system keeps what runs in it, by the names of the datapaths. Thread-safe.</summary>
internal sealed class UpcallActorsExtension : IExtension
{
    private static readonly Provider Id = new();

    private readonly ConcurrentDictionary<string, RunningUpcallActors?> _byDatapath = new(StringComparer.Ordinal);
    private ImmutableList<UpcallHealth> _healths = [];

    /// <summary>What runs; nothing before the start.</summary>
    public IReadOnlyList<RunningUpcallActors> Running => [.. _byDatapath.Values.OfType<RunningUpcallActors>()];

    /// <summary>Takes a datapath's name, before its pipeline starts; false when another has it.</summary>
    public bool TryReserve(string datapath) => _byDatapath.TryAdd(datapath, null);

    /// <summary>Gives a name back whose pipeline did not start.</summary>
    public void Free(string datapath) => _byDatapath.TryRemove(datapath, out _);

    /// <summary>Upcalls of a datapath whose name was taken are answered.</summary>
    public void Add(RunningUpcallActors running) => _byDatapath[running.Datapath.Name] = running;

    /// <summary>What runs over a datapath; null for none.</summary>
    public RunningUpcallActors? Find(string datapath) => _byDatapath.GetValueOrDefault(datapath);

    /// <summary>How what runs is, and what is about to.</summary>
    public IReadOnlyList<UpcallHealth> Healths => Volatile.Read(ref _healths);

    /// <summary>Adds the health of a datapath.</summary>
    public void Add(UpcallHealth health) => ImmutableInterlocked.Update(ref _healths, healths => healths.Add(health));

    /// <summary>That of a system.</summary>
    public static UpcallActorsExtension Of(ActorSystem system) => Id.Apply(system);

    private sealed class Provider : ExtensionIdProvider<UpcallActorsExtension>
    {
        public override UpcallActorsExtension CreateExtension(ExtendedActorSystem system) => new();
    }
}
