using UpcallActors.OpenFlow;

namespace UpcallActors.Switch.Tests;

/// <summary>A learning switch of os-ken's decides about a bridge's packets.</summary>
public sealed class OsKenLearningTests
{
    [OsKenTheory]
    [InlineData((int)OpenFlowVersion.V10)]
    [InlineData((int)OpenFlowVersion.V12)]
    [InlineData((int)OpenFlowVersion.V13)]
    [InlineData((int)OpenFlowVersion.V14)]
    [InlineData((int)OpenFlowVersion.V15)]
    public async Task It_floods_until_it_has_learned_and_then_makes_flows(int version)
    {
        using var controller = OsKenController.Start("learning_switch.py", version);
        await using ControlledSwitch bridge = await ControlledSwitch.StartAsync("", ServedSwitch.Bridge with
        {
            Controllers = [new ControllerConfiguration(controller.Method) { MaxBackoff = TimeSpan.FromMilliseconds(100) }],
        });

        await LearningScenario.ShouldFloodAndThenMakeFlowsAsync(bridge);
    }
}
