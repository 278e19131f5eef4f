using System.Reflection;
using Xunit.Sdk;

namespace UpcallActors.SystemTests.Harness;

/// <summary>Runs a theory on each datapath, with what else is given.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class EveryDatapathAttribute(params object[] more) : DataAttribute
{
    /// <summary>The arguments behind the datapath.</summary>
    public object[] More { get; } = more;

    /// <inheritdoc/>
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        Enum.GetValues<DatapathKind>().Select(datapath => (object[])[datapath, .. More]);
}
