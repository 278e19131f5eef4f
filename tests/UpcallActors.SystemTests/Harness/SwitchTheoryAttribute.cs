namespace UpcallActors.SystemTests.Harness;

/// <summary>
/// A theory about a switch in namespaces of this machine: skipped, with the reason and the command that runs it, where it cannot be.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SwitchTheoryAttribute : TheoryAttribute
{
    public SwitchTheoryAttribute() => Skip = new KernelDatapathFactAttribute().Skip;
}
