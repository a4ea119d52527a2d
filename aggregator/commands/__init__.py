"""The code behind each command, by what a person wants: settings, running, looking, measuring, the demo."""
