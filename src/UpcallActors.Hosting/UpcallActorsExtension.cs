using Akka.Actor;

namespace UpcallActors.Hosting;

/// <summary>Where an actor system keeps what runs in it.</summary>
internal sealed class UpcallActorsExtension : IExtension
{
    private static readonly Provider Id = new();

    private RunningUpcallActors? _running;

    /// <summary>What runs; null before the start.</summary>
    public RunningUpcallActors? Running
    {
        get => Volatile.Read(ref _running);
        set => Volatile.Write(ref _running, value);
    }

    /// <summary>That of a system.</summary>
    public static UpcallActorsExtension Of(ActorSystem system) => Id.Apply(system);

    private sealed class Provider : ExtensionIdProvider<UpcallActorsExtension>
    {
        public override UpcallActorsExtension CreateExtension(ExtendedActorSystem system) => new();
    }
}
