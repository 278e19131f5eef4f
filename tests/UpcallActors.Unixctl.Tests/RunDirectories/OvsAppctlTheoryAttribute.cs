namespace UpcallActors.Unixctl.Tests;

/// <summary>A theory about the real <c>ovs-appctl</c>, skipped where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OvsAppctlTheoryAttribute : TheoryAttribute
{
    public OvsAppctlTheoryAttribute() => Skip = new OvsAppctlFactAttribute().Skip;
}
