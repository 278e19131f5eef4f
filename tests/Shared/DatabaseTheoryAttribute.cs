namespace UpcallActors.Tests;

/// <summary>A test with several cases that needs the real <c>ovsdb-server</c>.</summary>
internal sealed class DatabaseTheoryAttribute : TheoryAttribute
{
    public DatabaseTheoryAttribute() => Skip = DatabaseServer.Obstacle;
}
