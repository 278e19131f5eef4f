using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace UpcallActors.Daemon.Hosting;

/// <summary>
/// Stands where Akka has a serializer for every type: no message of this daemon leaves its process. Akka's own makes JSON of
/// whatever it is given, by reflection, which native code does not have.
/// </summary>
internal sealed class NoSerializer : Serializer
{
    /// <summary>For a serializer that Akka's settings have no section of.</summary>
    public NoSerializer(ExtendedActorSystem system)
        : base(system)
    {
    }

    /// <summary>For a serializer that Akka's settings have a section of.</summary>
    public NoSerializer(ExtendedActorSystem system, Config settings)
        : this(system) => _ = settings;

    /// <inheritdoc/>
    public override int Identifier => 1;

    /// <inheritdoc/>
    public override bool IncludeManifest => false;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => throw Refused();

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, Type type) => throw Refused();

    private static NotSupportedException Refused() => new("no message leaves the process");
}
