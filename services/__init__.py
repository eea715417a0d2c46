"""The services of Zhiyuan: six that own data, and the chassis they stand on."""
