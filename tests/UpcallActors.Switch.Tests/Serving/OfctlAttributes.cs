namespace UpcallActors.Switch.Tests;

/// <summary>A fact about the real <c>ovs-ofctl</c>, skipped where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OfctlFactAttribute : FactAttribute
{
    public OfctlFactAttribute() => Skip = Reason;

    /// <summary>Why such a test cannot run; null where it can.</summary>
    public static string? Reason { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "ovs-ofctl")))
            ? null
            : "ovs-ofctl is not installed (Debian: openvswitch-common)";
}

/// <summary>A theory about the real <c>ovs-ofctl</c>, skipped where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OfctlTheoryAttribute : TheoryAttribute
{
    public OfctlTheoryAttribute() => Skip = OfctlFactAttribute.Reason;
}
