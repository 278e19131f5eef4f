namespace UpcallActors.Tests;

/// <summary>A test that needs the real <c>ovsdb-server</c>.</summary>
internal sealed class DatabaseFactAttribute : FactAttribute
{
    public DatabaseFactAttribute() => Skip = DatabaseServer.Obstacle;
}
