namespace UpcallActors.Switch.Tests.Configuration;

/// <summary>Several sources want one switch.</summary>
public sealed class ConfigurationSourcesTests
{
    [Fact]
    public void A_source_that_changes_its_mind_leaves_the_bridges_of_others()
    {
        ConfigurationSources sources = ConfigurationSources.None
            .With("file", Configurations.Switch(Configurations.Bridge("a"), Configurations.Bridge("b")))
            .With("database", Configurations.Switch(Configurations.Bridge("c")))
            .With("file", Configurations.Switch(Configurations.Bridge("b")));
        sources.Merged.Bridges.Select(bridge => bridge.Name).ShouldBe(["b", "c"]);
        sources.Owners["c"].ShouldBe("database");
        sources.Conflicts.ShouldBeEmpty();
    }

    [Fact]
    public void A_bridge_is_that_of_the_source_that_named_it_first_until_it_names_it_no_more()
    {
        BridgeConfiguration first = Configurations.Bridge("a", Configurations.Device("eth0"));
        BridgeConfiguration second = Configurations.Bridge("a", Configurations.Device("eth1"));
        ConfigurationSources sources = ConfigurationSources.None
            .With("file", SwitchConfiguration.Empty)
            .With("database", Configurations.Switch(first))
            .With("file", Configurations.Switch(second));
        sources.Merged.Bridges.ShouldBe([first]);
        sources.Conflicts.ShouldBe(["bridge a of file is left out: database has a bridge of this name"]);

        sources = sources.With("database", SwitchConfiguration.Empty);
        sources.Merged.Bridges.ShouldBe([second]);
        sources.Owners["a"].ShouldBe("file");
        sources.Conflicts.ShouldBeEmpty();
    }

    [Fact]
    public void A_name_that_a_source_has_twice_counts_once()
    {
        ConfigurationSources sources = ConfigurationSources.None.With(
            "database", Configurations.Switch(Configurations.Bridge("a"), Configurations.Bridge("a", Configurations.Device("eth0"))));
        sources.Merged.Bridges.ShouldHaveSingleItem().Ports.ShouldBeEmpty();
        sources.Conflicts.ShouldHaveSingleItem().ShouldContain("twice");
    }
}
