module crossing.lab/tools

go 1.26.0
